using System.Threading.Tasks;
using BackupModule.Core.Storage;

namespace BackupModule.Tests.Faults;

/// <summary>One damage to one stored object, which can be undone.</summary>
internal sealed class Damage(IObjectStore store, string key, byte[] original)
{
    public static async Task<Damage> ToAsync(IObjectStore store, string key)
    {
        byte[] content = new byte[(await store.GetSizeAsync(key, default))!.Value];
        await store.ReadAsync(key, 0, content, default);
        return new Damage(store, key, content);
    }

    public string Key => key;

    public int Length => original.Length;

    public Task FlipBitAsync(int offset, int bit)
    {
        byte[] content = [.. original];
        content[offset] ^= (byte)(1 << bit);
        return PutAsync(content);
    }

    public Task TruncateAsync(int length) => PutAsync(original[..length]);

    public Task LengthenAsync(int by) => PutAsync([.. original, .. new byte[by]]);

    public Task DeleteAsync() => store.DeleteAsync(key, default);

    /// <summary>Each of the two gets the other's content.</summary>
    public async Task SwapAsync(Damage other)
    {
        await PutAsync(other.Original);
        await other.PutAsync(original);
    }

    public Task UndoAsync() => PutAsync(original);

    private byte[] Original => original;

    private Task PutAsync(byte[] content) => store.PutAsync(key, content, default);
}
