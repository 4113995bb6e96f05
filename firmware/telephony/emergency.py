"""Which numbers are emergency numbers on a box (N5).

Not responsible for routing them: `outbound.py`.
"""

from firmware.telephony.country import CountryError, load_country
from firmware.telephony.site import Site


def emergency_numbers(site: Site) -> tuple[str, ...]:
    """Those of the country and those of the site file. A country that does not exist adds none."""
    try:
        country = load_country(site.site.country).emergency
    except CountryError:
        country = ()
    return tuple(dict.fromkeys((*country, *site.emergency.numbers)))
