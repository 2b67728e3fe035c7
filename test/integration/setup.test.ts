import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('bin/setup.mjs', () => {
  it('names exactly what is missing, and the command that installs it, where it may not install', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-path-'));
    try {
      symlinkSync(process.execPath, join(folder, 'node'));
      const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'setup.mjs'), '--test'], {
        env: { ...process.env, PATH: folder },
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      expect(stderr).toContain(
        'apt-get install -y --no-install-recommends chromium fonts-dejavu-core fonts-noto-cjk util-linux tmux',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('does nothing twice', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'bin', 'setup.mjs')], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, '']);
  });
});
