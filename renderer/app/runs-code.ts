/** The code of the table of runs, which is not needed where the window shows a notebook. */
export const importRuns = () => import('../features/runs/RunsView.tsx');
