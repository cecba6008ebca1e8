"""What an action did, and what a plan needs: figures of answers, arithmetic of :mod:`rashin.stats`."""
