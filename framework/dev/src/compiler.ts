// The one place that knows which compiler it is: version 6, as version 7 has no API for other programs yet.
import ts from 'typescript6';

export { ts };
