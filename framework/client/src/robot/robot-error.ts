/** A call of the load generator, or a script, that cannot be carried out as it is: nothing was started. */
export class RobotError extends Error {
  override readonly name = 'RobotError';
}
