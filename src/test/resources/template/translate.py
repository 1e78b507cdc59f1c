"""Prints a SAM template as the CloudFormation template that AWS makes of it.

Usage: translate.py template.yaml [parameter=value ...]
Exit code 3, and the reason: there is no SAM translator here, or one too old to know answers that stream.
"""

import json
import sys

try:
    import samtranslator
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse
except ImportError as missing:
    print(missing)
    sys.exit(3)

if [int(part) for part in samtranslator.__version__.split(".")[:2]] < [1, 109]:
    print(f"samtranslator {samtranslator.__version__} is older than 1.109")
    sys.exit(3)

with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file)
for resource in template["Resources"].values():
    if "CodeUri" in resource["Properties"]:
        # What `sam deploy` puts there once it has uploaded the file.
        resource["Properties"]["CodeUri"] = "s3://bucket/artifact"
parameters = dict(argument.split("=", 1) for argument in sys.argv[2:])
print(json.dumps(Translator({}, Parser()).translate(template, parameters)))
