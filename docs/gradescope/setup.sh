#!/usr/bin/env bash
# Builds the machine that submissions are graded on; Gradescope runs it once.
set -euo pipefail

apt-get update
apt-get install -y --no-install-recommends python3 git
install -m 755 /autograder/source/accio /usr/local/bin/accio
accio --version
