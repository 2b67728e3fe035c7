#!/usr/bin/env node
// The command line of this repository's own build.
import '../framework/cli/dist/bundle/main.js';
