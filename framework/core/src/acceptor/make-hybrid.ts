import type { AcceptorMaker } from '../acceptor.js';
import { HybridAcceptor } from './hybrid-acceptor.js';

/**
 * Makes a {@link HybridAcceptor}. It has one option: `compression`, in place of that of the settings.
 *
 * @throws TypeError for other options
 */
export const makeHybrid: AcceptorMaker = (context) => {
  const { compression = context.client.compression, ...others } = context.options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`it knows no option ${unknown}; known is compression`);
  if (typeof compression !== 'boolean') throw new TypeError('expected compression to be true or false');
  return new HybridAcceptor(context, compression);
};
