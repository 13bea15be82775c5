import { useEffect, useState, type RefObject } from 'react';

/** Whether an element has ever been near to what is seen. What it needs is read then, and not before. */
export function useNear(ref: RefObject<HTMLElement | null>, from: boolean): boolean {
  const [near, setNear] = useState(from);
  useEffect(() => {
    const element = ref.current;
    if (near || !element) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: '1200px 0px' });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, near]);
  return near;
}
