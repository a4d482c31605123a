"""The cloud edge: the only importer of boto3 and botocore."""
