"""The demo: a county with twelve offices, one year of filings, and the people who decide about them.

Above all rooms: it makes filings, starts a real SFTP server and a real Airflow,
and then acts from outside, as offices and people do. Nothing of the product
imports it. Every place, office and person in it is invented.
"""
