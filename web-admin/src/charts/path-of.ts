/** The line through values, the highest one at the top; 0 is at the bottom. */
export function pathOf(values: readonly (number | null)[], width: number, height: number): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let pen = 'M';
  return values
    .map((value, n) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const y = most === 0 ? height - 1 : height - 1 - (value / most) * (height - 2);
      const point = `${pen}${(n * step).toFixed(1)} ${y.toFixed(1)}`;
      pen = 'L';
      return point;
    })
    .join('');
}
