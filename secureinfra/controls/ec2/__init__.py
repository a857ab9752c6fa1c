"""Controls on instances, launch templates, Auto Scaling groups and volumes."""
