using System.Collections.Concurrent;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Something that this host did to a replica, told to its tenant and to the operator.</summary>
/// <param name="At">Wall time.</param>
/// <param name="Service">The service.</param>
/// <param name="Instance">For example <c>web-0</c>.</param>
/// <param name="Text">One line.</param>
public sealed record LeaseNote(DateTimeOffset At, string Service, string Instance, string Text);

/// <summary>The latest notes of each lease. In memory only: they explain what was just seen, they prove nothing.</summary>
internal sealed class LeaseNotes(TimeProvider time)
{
    private const int Kept = 20;

    private readonly ConcurrentDictionary<LeaseId, ValueList<LeaseNote>> _notes = new();

    public ValueList<LeaseNote> Of(LeaseId lease) => _notes.GetValueOrDefault(lease);

    public void Add(LeaseId lease, string service, int replica, string text)
    {
        var note = new LeaseNote(time.GetUtcNow(), service, WorkloadNames.Instance(service, replica), text);
        _notes.AddOrUpdate(lease, _ => [note], (_, known) => known.Append(note).TakeLast(Kept).ToValueList());
    }

    public void Forget(LeaseId lease) => _notes.TryRemove(lease, out _);
}
