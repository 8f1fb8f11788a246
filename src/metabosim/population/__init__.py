"""Virtual populations: many bodies drawn around a subject, run abreast, kept in pieces on disk."""

from metabosim.population.sampler import Sampler, list_samplers, load_sampler

__all__ = ["Sampler", "list_samplers", "load_sampler"]
