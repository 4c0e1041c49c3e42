using Microsoft.Extensions.Options;

namespace ProviderAgent.TestKit;

/// <summary>Options that a test can replace while the code under test runs, as a reload does.</summary>
public sealed class SettableOptions<T>(T value) : IOptionsMonitor<T>
    where T : class
{
    private readonly List<Action<T, string?>> _listeners = [];

    public T CurrentValue { get; private set; } = value;

    public T Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<T, string?> listener)
    {
        _listeners.Add(listener);
        return null;
    }

    public void Set(T value)
    {
        CurrentValue = value;
        foreach (var listener in _listeners.ToArray()) listener(value, null);
    }
}
