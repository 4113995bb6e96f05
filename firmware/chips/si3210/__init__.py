"""Silicon Labs Si3210 and Si3215: a telephone line (FXS) each. Sources: Si3215 data sheet Rev 0.92, Si3230 Rev 0.96."""
