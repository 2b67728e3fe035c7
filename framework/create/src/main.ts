#!/usr/bin/env node
import { main, processTerminal } from 'pomelo-ts';

process.exit(await main(['init', ...process.argv.slice(2)], processTerminal()));
