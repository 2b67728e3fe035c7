export function OwnAccount(_: object) {
  return <p>later</p>;
}
