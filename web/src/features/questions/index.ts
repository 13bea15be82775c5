export { QuestionCard, type QuestionCardProps } from './question-card';
export { ResolvedQuestion } from './resolved-question';
