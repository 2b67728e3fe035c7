import type { ChineseNames } from './chinese-names.js';
import { english, type Words } from './en.js';
export const chinese: Words = english;
export const chineseNames: ChineseNames | undefined = undefined;
