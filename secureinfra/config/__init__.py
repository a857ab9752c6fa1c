"""What a caller may choose: configurations, the rules on their values, their problems and waivers."""
