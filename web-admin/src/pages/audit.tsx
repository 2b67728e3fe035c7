export function Audit(_: object) {
  return <p>later</p>;
}
