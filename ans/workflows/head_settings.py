"""What a person can try out on a trained run without training its encoder again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ans.config import TrainConfig


@dataclass(frozen=True)
class HeadSettings:
    """Settings of phase 2. `radius` is a multiple of the run's own r."""

    radius: float = 1.0
    synthesized_weight: float = 1.0
    gamma: float = 2.0
    negatives: str = "ans"

    @classmethod
    def of(cls, config: TrainConfig) -> HeadSettings:
        """The settings a run was trained with."""
        return cls(1.0, config.synthesized_weight, config.gamma, config.negatives)

    def apply(self, config: TrainConfig) -> TrainConfig:
        """A run's config with these settings in it.

        Raises:
            ValueError: a setting is out of its bounds.
        """
        fixed = config.fixed_radius
        return replace(
            config,
            radius_scale=self.radius * config.radius_scale if fixed is None else config.radius_scale,
            fixed_radius=None if fixed is None else self.radius * fixed,
            synthesized_weight=self.synthesized_weight,
            gamma=self.gamma,
            negatives=self.negatives,
        )
