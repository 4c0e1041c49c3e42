namespace ProviderAgent.Workloads;

/// <summary>What to do with a container that does not run.</summary>
/// <param name="At">Not before this moment.</param>
/// <param name="Recreate">Starting it failed again and again: make a new one instead.</param>
public readonly record struct RestartVerdict(DateTimeOffset At, bool Recreate);
