using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>What goes wrong with some requests of one kind: <c>server.On(GcsCall.Chunk).After(1).Times(2).Cut(…)</c>.</summary>
internal sealed class FakeGcsFault(GcsCall call)
{
    private readonly Lock _lock = new();
    private int _spared;
    private int _left = 1;

    public enum Kind
    {
        /// <summary>Nothing yet.</summary>
        None,

        /// <summary>An error is answered, and nothing is done.</summary>
        Refuse,

        /// <summary>The connection is cut while the request is on its way.</summary>
        CutRequest,

        /// <summary>The request is fulfilled, and the connection is cut before the answer.</summary>
        LoseAnswer,

        /// <summary>The request is fulfilled, and the connection is cut in the middle of the answer.</summary>
        CutAnswer,

        /// <summary>Nothing is ever answered.</summary>
        Stall,

        /// <summary>The request waits until it is let through.</summary>
        Hold,

        /// <summary>Half of the answer is sent, and the rest never.</summary>
        StallAnswer,
    }

    public Kind Effect { get; private set; }

    /// <summary>For <see cref="Kind.CutRequest"/>: how many bytes of the content come through.</summary>
    public int Bytes { get; private set; }

    /// <summary>For <see cref="Kind.Refuse"/>.</summary>
    public FakeGcsAnswer? Answer { get; private set; }

    /// <summary>For <see cref="Kind.Hold"/>.</summary>
    public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many requests go well before the first that does not.</summary>
    public FakeGcsFault After(int count)
    {
        _spared = count;
        return this;
    }

    /// <summary>How many requests do not go well; one if not said.</summary>
    public FakeGcsFault Times(int count)
    {
        _left = count;
        return this;
    }

    public FakeGcsFault Always() => Times(int.MaxValue);

    public void Refuse(int status, string reason = "backendError", string message = "Backend Error") =>
        (Answer, Effect) = (FakeGcsAnswer.Error(status, reason, message), Kind.Refuse);

    public void Answers(FakeGcsAnswer answer) => (Answer, Effect) = (answer, Kind.Refuse);

    public void Cut(int afterBytes) => (Bytes, Effect) = (afterBytes, Kind.CutRequest);

    public void LoseAnswer() => Effect = Kind.LoseAnswer;

    public void CutAnswer() => Effect = Kind.CutAnswer;

    public void Stall() => Effect = Kind.Stall;

    /// <summary>Lets requests wait.</summary>
    /// <returns>What lets them through.</returns>
    public TaskCompletionSource Hold()
    {
        Effect = Kind.Hold;
        return Held;
    }

    public void StallAnswer() => Effect = Kind.StallAnswer;

    /// <summary>True if this request goes wrong.</summary>
    public bool Takes(GcsCall made)
    {
        lock (_lock)
        {
            if (made != call || _left == 0)
            {
                return false;
            }

            if (_spared > 0)
            {
                _spared--;
                return false;
            }

            _left--;
            return true;
        }
    }
}
