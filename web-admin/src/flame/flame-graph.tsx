import { escaped, showSeconds, showShare } from '@pomelo-ts/views';
import { useId, useState } from 'preact/hooks';
import { Field } from '../sign-in/field.js';
import { t } from '../words/words-store.js';
import { besides, type Flame, type Frame, foundIn, visibleIn } from './layout.js';

/** Pixels of a frame's height; shares of the width under which a frame is not drawn, and its name is not. */
const rowHeight = 22;
const [leastDrawn, leastNamed] = [0.0015, 0.02];
/** Deepest that is drawn: below it nobody looks. */
const deepest = 200;

interface FlameGraphProps {
  readonly flame: Flame;
  readonly top: Frame;
  readonly onTop: (frame: Frame) => void;
}

/** A profile as a flame graph, the callers above: by mouse and by keyboard. */
export function FlameGraph({ flame, top, onTop }: FlameGraphProps) {
  const id = useId();
  const [at, setAt] = useState<Frame>(top);
  const [text, setText] = useState('');
  const { found, share } = foundIn(flame, text);
  const selected = isSeen(at, top) ? at : top;
  const shown = visibleIn(flame, top, leastDrawn).filter(({ depth }) => depth <= deepest);
  const depth = shown.reduce((most, frame) => Math.max(most, frame.depth), 0);
  const open = (frame: Frame) => {
    setAt(frame);
    onTop(frame);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') open(selected);
    else if (event.key === 'Backspace') open(top.parent ?? top);
    else if (event.key === 'Home') open(flame.root);
    else if (event.key.startsWith('Arrow')) setAt(besides(selected, event.key));
    else return;
    event.preventDefault();
  };
  return (
    <div class="flame">
      <div class="row-form">
        <Field label={t('flame.find')} type="search" value={text} onText={setText} autocomplete="off" />
        <button type="button" aria-disabled={top === flame.root} onClick={() => open(flame.root)}>
          {t('flame.all')}
        </button>
        <output class="quiet">
          {found.size > 0 && t('flame.found', { share: showShare(share), n: found.size })}
        </output>
      </div>
      <div
        class="frames"
        role="tree"
        tabIndex={0}
        aria-label={t('flame.label', {
          functions: flame.frames.length - 1,
          time: showSeconds(flame.ms / 1000),
        })}
        aria-activedescendant={`${id}-${selected.id}`}
        onKeyDown={onKeyDown}
        style={{ height: `${(depth + 1) * rowHeight}px` }}
      >
        {shown.map((frame) => (
          <FrameBox
            key={frame.id}
            id={`${id}-${frame.id}`}
            {...{ frame, top }}
            selected={frame === selected}
            found={found.has(frame)}
            onOpen={open}
            onLook={setAt}
          />
        ))}
      </div>
      <output class="frame-facts">{factsOf(selected)}</output>
    </div>
  );
}

/** Whether a frame is in what is drawn while `top` has the whole width. */
function isSeen(frame: Frame, top: Frame): boolean {
  if (frame.depth < top.depth) return frame.x <= top.x && frame.x + frame.width >= top.x + top.width;
  return frame.x >= top.x - 1e-9 && frame.x + frame.width <= top.x + top.width + 1e-9;
}

const nameOf = (frame: Frame): string => (frame.parent ? escaped(frame.name) : t('flame.all'));

const factsOf = (frame: Frame): string =>
  t('flame.frame', {
    name: nameOf(frame),
    share: showShare(frame.width),
    own: showShare(frame.own),
    place: escaped(frame.place),
  });

interface FrameBoxProps {
  readonly id: string;
  readonly frame: Frame;
  readonly top: Frame;
  readonly selected: boolean;
  readonly found: boolean;
  readonly onOpen: (frame: Frame) => void;
  readonly onLook: (frame: Frame) => void;
}

function FrameBox({ id, frame, top, selected, found, onOpen, onLook }: FrameBoxProps) {
  const above = frame.depth <= top.depth;
  const left = above ? 0 : (frame.x - top.x) / top.width;
  const width = above ? 1 : frame.width / top.width;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and says which item is meant
    <div
      id={id}
      role="treeitem"
      aria-level={frame.depth + 1}
      aria-selected={selected}
      aria-label={factsOf(frame)}
      class={`frame ${frame.parent ? frame.owner : 'all'}${selected ? ' selected' : ''}${found ? ' found' : ''}`}
      style={{
        left: `${left * 100}%`,
        width: `${width * 100}%`,
        top: `${frame.depth * rowHeight}px`,
      }}
      onClick={() => onOpen(frame)}
      // a mouse that rests while frames move below it does not take the keyboard's place
      onMouseMove={({ movementX, movementY }) => (movementX !== 0 || movementY !== 0) && onLook(frame)}
    >
      {width >= leastNamed ? nameOf(frame) : ''}
    </div>
  );
}
