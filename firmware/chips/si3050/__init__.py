"""Silicon Labs Si3050 with its line side Si3018/19: a line to the exchange (FXO). Source: Si3050 data sheet Rev 1.5."""
