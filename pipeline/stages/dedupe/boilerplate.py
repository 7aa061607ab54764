# mypy: allow-untyped-calls
"""Which sentences are boilerplate: those an outlet has under many titles, and any it has under very many."""

from dataclasses import dataclass

import numpy as np

from pipeline.stages.dedupe.index import Index
from pipeline.stages.dedupe.settings import Settings
from pipeline.stages.dedupe.shingles import Hashes, Mask, Places, changes, distinct

_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Sentences of single outlets, as one hash of both, and those that are boilerplate everywhere."""

    own: Hashes
    everywhere: Hashes

    def mask(self, units: Hashes, outlets: Hashes) -> Mask:
        """Which of these units, each of an outlet, are left out."""
        return np.isin(_both(units, outlets), self.own) | np.isin(units, self.everywhere)


def boilerplate(index: Index, units: Hashes, among: Mask, settings: Settings) -> Boilerplate:
    """Of these units, which are distinct and in order, those that are boilerplate among so many stories."""
    places, stories = index.entries("units", units, among)
    outlets, titles = index.stories["outlet"][stories], _titles(index, among)[stories]
    order = np.lexsort((titles, outlets, places))
    places, outlets, titles = places[order], outlets[order], titles[order]
    first = changes(places, outlets)  # of each unit in each outlet
    counts = np.bincount(np.cumsum(first) - 1, weights=first | changes(titles), minlength=int(first.sum()))
    units, outlets = units[places[first]], outlets[first]
    least = np.where(outlets == 0, settings.boilerplate_everywhere, settings.boilerplate_titles)
    own = counts >= least
    # What one outlet has under very many titles is no part of a story elsewhere either: a copy may bring it along.
    often = counts >= settings.boilerplate_everywhere
    return Boilerplate(distinct(_both(units[own], outlets[own])), distinct(units[often]))


def changed(index: Index, units: Hashes, before: Boilerplate, after: Boilerplate, among: Mask) -> Places:
    """The stories that have one of these units, which was boilerplate and is not, or was not and is."""
    places, stories = index.entries("units", units, among)
    told, outlets = units[places], index.stories["outlet"][stories]
    return distinct(stories[before.mask(told, outlets) != after.mask(told, outlets)])


def _titles(index: Index, among: Mask) -> Hashes:
    """What each story's title counts as: the same body of one outlet under several titles counts once.

    It counts as the least of its titles, so that it makes no difference which came first.
    """
    titles = index.stories["heading"].copy()
    stories = np.flatnonzero(among)
    outlets, bodies, own = (index.stories[name][stories] for name in ("outlet", "whole", "heading"))
    order = np.lexsort((own, bodies, outlets))
    first = changes(outlets[order], bodies[order])
    titles[stories[order]] = own[order][np.flatnonzero(first)[np.cumsum(first) - 1]]
    return titles


def _both(units: Hashes, outlets: Hashes) -> Hashes:
    return (units ^ (outlets * _ODD)) * _ODD
