import { useEffect } from 'preact/hooks';
import { beginFeed, endFeed } from '../feed/feed.js';
import { beginPresence } from '../session/presence.js';
import { session } from '../session/session-store.js';
import { EndWarning } from '../sign-in/end-warning.js';
import { SetUp, setUpToken } from '../sign-in/set-up.js';
import { SignIn } from '../sign-in/sign-in.js';
import { Loading } from './loading.js';
import { Shell } from './shell.js';

/** The page: somebody signs in, and then sees the cluster. */
export function App() {
  // who has to set up a second factor first may look at nothing yet
  const looks = Boolean(session.value) && session.value?.secondFactor !== 'required';
  useEffect(() => {
    if (!looks) return;
    beginFeed();
    const endPresence = beginPresence();
    return () => {
      endPresence();
      endFeed();
    };
  }, [looks]);
  if (setUpToken.value) return <SetUp />;
  if (session.value === undefined) return <Loading />;
  if (!session.value) return <SignIn />;
  return (
    <>
      <Shell session={session.value} />
      <EndWarning />
    </>
  );
}
