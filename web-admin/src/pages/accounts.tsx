export function Accounts(_: object) {
  return <p>later</p>;
}
