import { Component, type ComponentType, type FunctionComponent, h } from 'preact';

/** A component that is drawn anew only when one of its properties is another; preact's own is in its compatibility package, which is larger. */
export function memo<P extends object>(Inner: FunctionComponent<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const before = this.props as P;
      return (Object.keys(next) as (keyof P)[]).some((name) => !Object.is(next[name], before[name]));
    }

    override render() {
      return h(Inner, this.props as P);
    }
  };
}
