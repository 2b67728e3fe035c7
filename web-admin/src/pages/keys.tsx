export function Keys(_: object) {
  return <p>later</p>;
}
