"""The operator: kopf handlers, scheduler, status, lease, health."""
