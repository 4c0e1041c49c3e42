namespace ProviderAgent.Devnet.Hosting;

/// <summary>What can be made to go wrong with a local chain while it runs. Everything is off at first. Thread-safe.</summary>
public sealed class DevnetFaults
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _hold;
    private int _dropsLeft;
    private int _lag;
    private volatile bool _refuseConnections;
    private volatile bool _pauseBlocks;
    private volatile bool _catchingUp;
    private volatile bool _mempoolFull;
    private volatile bool _disagree;
    private volatile bool _duplicateNotices;
    private volatile bool _reorderNotices;
    private readonly Queue<byte[]> _races = new();

    /// <summary>No answer leaves the node: calls are taken and carried out, then hang. Released when set to false.</summary>
    public bool HoldReplies
    {
        get
        {
            lock (_gate) return _hold is not null;
        }

        set
        {
            TaskCompletionSource? released = null;
            lock (_gate)
            {
                if (value) _hold ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                else (released, _hold) = (_hold, null);
            }

            released?.TrySetResult();
        }
    }

    /// <summary>Connections are cut, old and new, before a byte is read.</summary>
    public bool RefuseConnections
    {
        get => _refuseConnections;
        set
        {
            _refuseConnections = value;
            if (value) ConnectionsRefused?.Invoke();
        }
    }

    /// <summary>The block loop makes no block. Blocks on demand still come.</summary>
    public bool PauseBlocks
    {
        get => _pauseBlocks;
        set => _pauseBlocks = value;
    }

    /// <summary>No transaction is taken: the pool says that it is full.</summary>
    public bool MempoolFull
    {
        get => _mempoolFull;
        set => _mempoolFull = value;
    }

    /// <summary>The node answers questions as if nothing had ever happened on this chain, though it shows the latest block: a state that was restored wrongly.</summary>
    public bool Disagree
    {
        get => _disagree;
        set => _disagree = value;
    }

    /// <summary>Subscribers are told of each block twice.</summary>
    public bool DuplicateNotices
    {
        get => _duplicateNotices;
        set => _duplicateNotices = value;
    }

    /// <summary>Subscribers are told of every second block first, and of the one before it after that.</summary>
    public bool ReorderNotices
    {
        get => _reorderNotices;
        set => _reorderNotices = value;
    }

    /// <summary>The node says that it is behind.</summary>
    public bool CatchingUp
    {
        get => _catchingUp;
        set => _catchingUp = value;
    }

    /// <summary>Blocks by which reads lag behind what was really committed, as on a node that is slow. 0 to 100.</summary>
    public int LagBlocks
    {
        get => Volatile.Read(ref _lag);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            Volatile.Write(ref _lag, value);
        }
    }

    /// <summary>The next accepted transactions get no answer: the connection is cut after they entered the mempool.</summary>
    public void DropNextBroadcastReply(int count = 1)
    {
        lock (_gate) _dropsLeft += count;
    }

    /// <summary>Just before the next transaction is checked this one comes in: another program with the same key was quicker.</summary>
    /// <param name="transaction">Signed, as it would be sent.</param>
    public void RaceNextBroadcast(byte[] transaction)
    {
        lock (_gate) _races.Enqueue(transaction);
    }

    internal event Action? ConnectionsRefused;

    internal bool TakeBroadcastDrop()
    {
        lock (_gate)
        {
            if (_dropsLeft == 0) return false;
            _dropsLeft--;
            return true;
        }
    }

    /// <summary>The transaction that is to come in first; null for none.</summary>
    internal byte[]? TakeRace()
    {
        lock (_gate) return _races.TryDequeue(out var transaction) ? transaction : null;
    }

    /// <summary>Returns at once unless replies are held.</summary>
    internal Task WaitUntilReleasedAsync(CancellationToken ct)
    {
        lock (_gate) return _hold is null ? Task.CompletedTask : _hold.Task.WaitAsync(ct);
    }
}
