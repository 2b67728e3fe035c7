#!/usr/bin/env node
import { runProcess } from 'pomelo-ts';

await runProcess(['init', ...process.argv.slice(2)]);
