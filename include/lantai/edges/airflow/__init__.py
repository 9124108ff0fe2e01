"""Airflow: its server started, waited for and ended on one machine, and spoken to from outside."""
