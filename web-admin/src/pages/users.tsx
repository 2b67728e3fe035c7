export function Users(_: object) {
  return <p>later</p>;
}
