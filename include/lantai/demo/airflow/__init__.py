"""Airflow on one machine, started, waited for and ended."""
