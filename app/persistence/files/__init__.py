"""What a file needs beside its rows: leases, checksums, copies, hindrances."""
