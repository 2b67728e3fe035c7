/**
 * Who asks, as far as approvals tell them apart: a person that has signed in, a program with a key, or who has the secret of the cluster, by the
 * command line on a host of it or as the master itself.
 */
export type Asks = 'person' | 'program' | 'host';
