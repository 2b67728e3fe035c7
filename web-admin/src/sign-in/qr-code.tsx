import { encode } from 'uqr';

/** Modules of white around a code, which readers find it by (ISO/IEC 18004). */
const quietZone = 4;

/** A text as a QR code: dark on white in both themes, as not all readers know the other way round. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { border: quietZone });
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <path class="qr-white" d={`M0 0h${size}v${size}h-${size}z`} />
      <path class="qr-dark" d={pathOf(data)} />
    </svg>
  );
}

/** One rectangle for each run of dark modules in a row. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  let path = '';
  for (const [y, row] of rows.entries())
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) path += `M${from} ${y}h${x - from}v1h-${x - from}z`;
    }
  return path;
}
