"""The platform's parts: one file, one Args, one ComponentResource. No part knows another."""
