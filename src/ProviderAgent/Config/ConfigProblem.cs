namespace ProviderAgent.Config;

/// <summary>One mistake in the configuration.</summary>
/// <param name="Source">Where it stands: <c>file:line:column</c>, an environment variable or a flag.</param>
/// <param name="Key">The option in the file's spelling, for example <c>bidding.timeout</c>; empty when the whole source is unreadable.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ConfigProblem(string Source, string Key, string Message)
{
    public override string ToString() => Key.Length == 0 ? $"{Source}: {Message}" : $"{Source}: {Key}: {Message}";
}

/// <summary>The configuration cannot be used. Carries every mistake that was found, not just the first.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigProblem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems;
}
