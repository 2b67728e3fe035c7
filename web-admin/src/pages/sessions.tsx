export function Sessions(_: object) {
  return <p>later</p>;
}
