// Parts of a file that only some templates have: lines between `#region arena` and `#endregion arena`, in a comment of any kind.

const marker = /^\s*(?:\/\/|<!--|#)\s*#(end)?region (\S+?)(?:\s*-->)?\s*$/;

/**
 * The text with the regions of the `wanted` names, without those of others, and without the markers themselves.
 * @throws Error for a region that does not end, or ends before it began
 */
export function keepRegions(text, wanted, file) {
  const open = [];
  const lines = text.split('\n').filter((line) => {
    const [, end, name] = marker.exec(line) ?? [];
    if (name === undefined) return open.every((one) => wanted.includes(one));
    if (!end) open.push(name);
    else if (open.pop() !== name) throw new Error(`${file}: the region ${name} ends where it has not begun`);
    return false;
  });
  if (open.length > 0) throw new Error(`${file}: the region ${open.at(-1)} does not end`);
  return lines.join('\n').replace(/\n{3,}/g, '\n\n');
}
