export function Topology(_: object) {
  return <p>later</p>;
}
