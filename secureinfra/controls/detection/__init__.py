"""Controls on AWS Config, GuardDuty, Inspector, Macie and Security Hub."""
