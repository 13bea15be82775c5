import { useState } from 'react';
import type { Schemas } from '@/api/types';
import { Button } from '@/ui';

interface ChoiceButtonsProps {
  choices: readonly Schemas['Choice'][];
  busy: boolean;
  /** How the first one looks; the others are quieter. */
  first?: 'plain' | 'primary';
  onChoose: (choice: string) => void;
}

/** What can be chosen, in the peer's own words. */
export function ChoiceButtons({ choices, busy, first = 'plain', onChoose }: ChoiceButtonsProps) {
  const [chosen, setChosen] = useState<string>();
  return choices.map((choice, at) => (
    <Button
      key={choice.id}
      tone={at === 0 ? first : 'plain'}
      busy={busy && chosen === choice.id}
      disabled={busy}
      onClick={() => {
        setChosen(choice.id);
        onChoose(choice.id);
      }}
      className="max-w-full"
    >
      <span dir="auto" className="truncate">
        {choice.label}
      </span>
    </Button>
  ));
}
