"""A module per DAG, one function per Airflow task: open the edges, call the step, return ids and counts."""
