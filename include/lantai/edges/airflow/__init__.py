"""Airflow from outside."""
