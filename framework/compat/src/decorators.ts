/** Marks a class that a decorator has named as a handler, remote or cron. */
const marked = Symbol.for('pomelo-ts decorated class');

type Decorated = (new (app: unknown) => object) & { [marked]?: true };

/** A decorator of classes, as TypeScript had them before there was a standard, and as the standard has them. */
export type ClassMark = <Class extends new (...args: never[]) => object>(target: Class) => void;

function mark(): ClassMark {
  return (target) => {
    Object.defineProperty(target, marked, { value: true });
  };
}

/** `@handler()`: the file's handler is this class, known by the class' name. */
export const handler = mark;
/** `@remoter()`: the file's remote is this class, known by the class' name. */
export const remoter = mark;
/** `@cronner()`: the file's crons are this class, known by the class' name. */
export const cronner = mark;

/** Whether an export is a class with one of the decorators. */
export function decoratedClass(value: unknown): value is Decorated {
  return typeof value === 'function' && Object.hasOwn(value, marked);
}
